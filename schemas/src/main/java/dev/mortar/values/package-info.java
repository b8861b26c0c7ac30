/** The values of the contract, as services and the audit use them. They do not depend on Avro. */
@NullMarked
package dev.mortar.values;

import org.jspecify.annotations.NullMarked;
