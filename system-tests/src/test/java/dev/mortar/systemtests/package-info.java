/**
 * Stories across services, told on the real stack: broker, registry, mail server and five services as processes. In
 * reading order: {@link dev.mortar.systemtests.Shop} has the words, {@code ...StoryIT} the stories, {@code ...FaultIT}
 * what happens when parts die, {@link dev.mortar.systemtests.Log} what the topics hold then.
 */
@NullMarked
package dev.mortar.systemtests;

import org.jspecify.annotations.NullMarked;
