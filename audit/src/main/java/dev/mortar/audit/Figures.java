package dev.mortar.audit;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The units of each SKU that online channels could buy at one location, after each of its newest events. Memory is
 * bounded: the newest figure of each SKU is kept, and the last {@link #OLDER_MAX} that were replaced.
 */
final class Figures {
    static final int OLDER_MAX = 1_000;

    private final Map<String, ArrayDeque<Figure>> bySku = new HashMap<>();
    /** The SKUs of the replaced figures, in the sequence in which they were replaced. */
    private final ArrayDeque<String> replaced = new ArrayDeque<>();
    /** Questions about events that were not judged yet. */
    private final PriorityQueue<Question> questions = new PriorityQueue<>(Comparator.comparingLong(Question::sequence));

    private boolean isForgetful;

    private record Figure(long sequence, long available) {}

    /** @param sequence of the location's event after which the SKU had the figure */
    private record Question(String sku, long sequence, Answer answer) {}

    /** Takes the figure of a SKU after an event; null if there is no such event. */
    interface Answer {
        void is(@Nullable Long available);
    }

    /** Adds the figure of a SKU after an event of the location. */
    void add(String sku, long sequence, long available) {
        answerBefore(sequence);
        var its = bySku.computeIfAbsent(sku, _ -> new ArrayDeque<>(2));
        its.add(new Figure(sequence, available));
        if (its.size() > 1) {
            replaced.add(sku);
        }
        if (replaced.size() > OLDER_MAX) {
            isForgetful = true;
            bySku.getOrDefault(replaced.remove(), its).remove();
        }
    }

    /** Asks for the figure of a SKU after an event. Nobody answers if the figure is forgotten. */
    void ask(String sku, long sequence, long judged, Answer answer) {
        var question = new Question(sku, sequence, answer);
        if (sequence <= judged) {
            answer(question);
        } else {
            questions.add(question);
        }
    }

    private void answerBefore(long sequence) {
        while (!questions.isEmpty() && questions.element().sequence < sequence) {
            answer(questions.remove());
        }
    }

    private void answer(Question question) {
        Figure last = null;
        for (var figure : bySku.getOrDefault(question.sku, new ArrayDeque<>(0))) {
            last = figure.sequence <= question.sequence ? figure : last;
        }
        if (last != null) {
            question.answer.is(last.available);
        } else if (!isForgetful) {
            question.answer.is(0L);
        }
    }

    /**
     * Answers the open questions. After the last event.
     *
     * @param judged sequence of the last event
     */
    void finish(long judged) {
        answerBefore(judged + 1);
        questions.forEach(question -> question.answer.is(null));
        questions.clear();
    }
}
