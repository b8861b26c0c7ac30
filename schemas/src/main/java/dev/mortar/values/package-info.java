/** Values that the contract fixes, as services and the audit reckon with them. They know nothing of Avro. */
@NullMarked
package dev.mortar.values;

import org.jspecify.annotations.NullMarked;
