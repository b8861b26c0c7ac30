/**
 * Some minutes of trade through the HTTP APIs alone, with the books checked at the end.
 *
 * <p>Read {@link dev.mortar.localstack.demo.Demo} first. What is bought is a list of {@code Purchase}s, made by
 * {@code Demand} from a seed or read by {@code DecemberFeed} from a file of invoices; {@code Trade} plays each through
 * the APIs; {@code Books} notes what the APIs acknowledged and compares it with what they show in the end.
 */
@NullMarked
package dev.mortar.localstack.demo;

import org.jspecify.annotations.NullMarked;
