/**
 * What a team would build instead, to be measured against: the same checkout as one Spring Boot service on PostgreSQL,
 * with row locks and a transactional outbox that a relay empties to Kafka. No part of Mortar uses it.
 */
@NullMarked
package dev.mortar.benchmarks.baseline;

import org.jspecify.annotations.NullMarked;
