package dev.mortar.audit;

/**
 * Where a record lies.
 *
 * @param topic name of the topic without the prefix of its environment
 * @param partition number of the partition, from 0
 * @param offset place in the partition, from 0
 */
public record Place(String topic, int partition, long offset) {

    /** The place as people write it: topic/partition/offset. */
    @Override
    public String toString() {
        return topic + '/' + partition + '/' + offset;
    }
}
