/**
 * Starts Mortar on one machine without containers: broker, registry, mail server, issuer and the five services, each a
 * process of its own that binds 127.0.0.1 only.
 *
 * <p>Read {@link dev.mortar.localstack.Stack} first: the parts and the order they start in. A
 * {@link dev.mortar.localstack.Part} is one process; {@code Broker}, {@code Registry} and {@code Service} say how each
 * is launched, {@link dev.mortar.localstack.Topics} which topics exist, {@link dev.mortar.localstack.Acls} who may read
 * and write them if the broker is secured, {@link dev.mortar.localstack.MailServer} keeps the mails. {@code Issuer}
 * serves the keys of the tokens that {@link dev.mortar.localstack.Tokens} signs. {@code Cli} and {@code DeadLettersCli}
 * are what the script {@code mortar} runs; system tests use {@code Stack} directly.
 */
@NullMarked
package dev.mortar.localstack;

import org.jspecify.annotations.NullMarked;
