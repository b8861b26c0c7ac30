package dev.mortar.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.schemas.SkuQuantity;
import dev.mortar.schemas.Unit;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TrustedClassesTest {

    @Test
    void generatedClassesWorkInAFreshProcessWithoutAnySystemProperty() throws Exception {
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        BuildsARecord.class.getName())
                .redirectErrorStream(true)
                .start();

        var output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(output).endsWith("EACH");
        assertThat(process.exitValue()).isZero();
    }

    /** Touches nothing but a generated class: the default of its enum field is what Avro needs the trust for. */
    static final class BuildsARecord {
        public static void main(String[] args) {
            Unit unit =
                    SkuQuantity.newBuilder().setSku("a").setQuantity(1).build().getUnit();
            System.out.print(unit);
        }
    }
}
