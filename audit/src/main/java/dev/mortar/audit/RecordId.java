package dev.mortar.audit;

/**
 * The coordinates of a record.
 *
 * @param topic name of the topic without the prefix of its environment
 * @param partition number of the partition, from 0
 * @param offset offset in the partition, from 0
 */
public record RecordId(String topic, int partition, long offset) {

    /** As people write it: topic/partition/offset. */
    @Override
    public String toString() {
        return topic + '/' + partition + '/' + offset;
    }
}
