/** Random requests to all routes by all roles: none may break a service or show a foreign object. */
@NullMarked
package dev.mortar.fuzz;

import org.jspecify.annotations.NullMarked;
