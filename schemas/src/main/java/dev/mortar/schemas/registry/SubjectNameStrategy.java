package dev.mortar.schemas.registry;

import java.util.Arrays;
import org.apache.kafka.common.config.ConfigException;

/** How a record's subject in the registry is named. The configuration uses these names or Confluent's class names. */
public enum SubjectNameStrategy {
    /** {@code <topic>-value}: a topic has one schema. */
    TopicNameStrategy("%1$s-value"),
    /** {@code <record name>}: a record type has one schema wherever it is used. */
    RecordNameStrategy("%2$s"),
    /** {@code <topic>-<record name>}: a topic has many record types, each with a schema of its own. */
    TopicRecordNameStrategy("%1$s-%2$s");

    private final String format;

    SubjectNameStrategy(String format) {
        this.format = format;
    }

    String subject(String topic, String recordName) {
        return format.formatted(topic, recordName);
    }

    /** The strategy for a configuration value: a constant of this enum or a class with the same simple name. */
    static SubjectNameStrategy named(String key, String value) {
        try {
            return valueOf(value.substring(value.lastIndexOf('.') + 1));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(key, value, "Must be one of " + Arrays.toString(values()));
        }
    }
}
