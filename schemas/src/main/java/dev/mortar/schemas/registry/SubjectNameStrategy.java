package dev.mortar.schemas.registry;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigException;

/** How a record's subject in the registry is named. The configuration uses these names or Confluent's class names. */
public enum SubjectNameStrategy {
    /** {@code <topic>-key} or {@code <topic>-value}: a topic has one schema. */
    TopicNameStrategy {
        @Override
        String subject(String topic, boolean isKey, String recordName) {
            return topic + (isKey ? "-key" : "-value");
        }
    },
    /** {@code <record name>}: a record type has one schema wherever it is used. */
    RecordNameStrategy {
        @Override
        String subject(String topic, boolean isKey, String recordName) {
            return recordName;
        }
    },
    /** {@code <topic>-<record name>}: a topic has many record types, each with a schema of its own. */
    TopicRecordNameStrategy {
        @Override
        String subject(String topic, boolean isKey, String recordName) {
            return topic + "-" + recordName;
        }
    };

    abstract String subject(String topic, boolean isKey, String recordName);

    /** The strategy for a configuration value: a constant of this enum or a class with the same simple name. */
    static SubjectNameStrategy named(String key, String value) {
        var simpleName = value.substring(value.lastIndexOf('.') + 1);
        return Arrays.stream(values())
                .filter(strategy -> strategy.name().equals(simpleName))
                .findFirst()
                .orElseThrow(() -> new ConfigException(
                        key,
                        value,
                        "Must be one of "
                                + Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "))));
    }
}
