package dev.mortar.audit;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mortar.schemas.returns.PurchaseLost;
import dev.mortar.schemas.returns.PurchaseRecorded;
import dev.mortar.schemas.returns.ReturnAccepted;
import dev.mortar.schemas.returns.ReturnWindowMoved;
import org.junit.jupiter.api.Test;

class AuditorTest {

    private static final class Returns extends Auditor {
        Returns(String ignored) {
            super(new Findings(AuditRules.standard()));
            on(PurchaseRecorded.class, event -> {});
            on(ReturnAccepted.class, event -> {});
            on(PurchaseLost.class, event -> {});
            on(ReturnWindowMoved.class, event -> {});
            requireCompleteness("returns-service", ignored);
        }
    }

    @Test
    void anEventTypeIsHandledOrIgnored() {
        assertThatCode(() -> new Returns("RefundRequested")).doesNotThrowAnyException();
        assertThatThrownBy(() -> new Returns(""))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Returns has to register a handler for these event types")
                .hasMessageContaining("[RefundRequested]");
        assertThatThrownBy(() -> new Returns("RefundRequested ReturnAccepted"))
                .hasMessageContaining("[ReturnAccepted]");
    }
}
