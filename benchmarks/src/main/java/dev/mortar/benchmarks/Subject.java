package dev.mortar.benchmarks;

/** Something that is measured in rounds, which alternate with the rounds of other subjects. */
interface Subject {

    /** Names it in the report; one or two words. */
    String name();

    /** Does what is measured for long enough that it runs as it always will; nothing of it counts. */
    void warmUp() throws Exception;

    /**
     * Measures it once.
     *
     * @param number of the round, counted from 1
     */
    Round measure(int number) throws Exception;
}
