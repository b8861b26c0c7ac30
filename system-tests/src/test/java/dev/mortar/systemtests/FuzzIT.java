package dev.mortar.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.fuzz.Fuzz;
import dev.mortar.localstack.Api;
import dev.mortar.localstack.Service;
import dev.mortar.localstack.Stack;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Two thousand requests of {@code ./mortar fuzz}. */
class FuzzIT {
    private static final int REQUESTS = 2_000;

    @Test
    void noRequestBreaksAServiceOrShowsAForeignObject() {
        Stack stack = TheStack.get();
        Map<String, String> urls = Service.ALL.stream().collect(Collectors.toMap(Function.identity(), stack::url));
        Fuzz.Planted planted = Fuzz.plant(new Api(urls, stack.tokens()));
        var fuzz = new Fuzz(stack::url, stack.tokens(), planted);

        fuzz.run(REQUESTS, 1);

        assertThat(fuzz.faults()).isEmpty();
        // All kinds of answers, or the requests would prove nothing.
        assertThat(fuzz.statuses()).containsKeys(200, 400, 401, 403, 404, 422);
        assertThat(fuzz.statuses().values().stream().mapToLong(Long::longValue).sum())
                .isGreaterThan(REQUESTS * 9 / 10);
    }
}
