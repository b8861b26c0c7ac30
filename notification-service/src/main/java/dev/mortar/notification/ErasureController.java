package dev.mortar.notification;

import static dev.mortar.eventsourcing.Grant.BACK_OFFICE;

import dev.mortar.eventsourcing.Access;
import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.http.Fields.Id;
import dev.mortar.eventsourcing.http.Fields.Time;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.*;

/** Shows erasures and takes their proofs. {@link ContactController} takes the erasures themselves. */
@RestController
@RequestMapping("/v1/customers/{customerId}/erasure")
@Tag(name = "Contacts")
class ErasureController {

    private final Erasures erasures;

    ErasureController(Erasures erasures) {
        this.erasures = erasures;
    }

    /** The erasure of a contact. The proof is due at {@code proofDueAt}; the other two are null until it is there. */
    record ErasureResponse(
            String customerId,
            Instant requestedAt,
            Actor requestedBy,
            Instant proofDueAt,
            @Nullable Instant provedAt,
            @Nullable String proofSha256) {

        static ErasureResponse of(Erasure erasure) {
            return new ErasureResponse(
                    erasure.customerId(),
                    erasure.requestedAt(),
                    erasure.requestedBy(),
                    erasure.proofDueAt(),
                    erasure.provedAt(),
                    erasure.proofSha256());
        }
    }

    /**
     * The proof of an erasure.
     *
     * @param requestedAt when the erasure was asked for that is proved
     * @param sha256 of the report, in hexadecimal digits
     */
    record ProofRequest(
            @NotNull @Time Instant requestedAt,

            @NotNull
            @Pattern(regexp = "[0-9a-f]{64}", message = "must be the 64 hexadecimal digits of a SHA-256, in lower case")
            String sha256) {}

    @Access(BACK_OFFICE)
    @GetMapping
    @Operation(summary = "Show when the contact of a shopper was erased, and whether that is proved")
    @ApiResponse(responseCode = "404", description = "Nobody asked to erase it")
    ErasureResponse get(@PathVariable @Id String customerId) {
        return ErasureResponse.of(erasures.get(customerId));
    }

    @Access(BACK_OFFICE)
    @PutMapping("/proof")
    @Operation(summary = "Report that nothing was found of an erased contact")
    @ApiResponse(responseCode = "404", description = "Nobody asked to erase it")
    @ApiResponse(responseCode = "409", description = "It was asked for again, or the contact is still there")
    ErasureResponse prove(@PathVariable @Id String customerId, @Valid @RequestBody ProofRequest proof) {
        return ErasureResponse.of(erasures.prove(customerId, proof.requestedAt(), proof.sha256()));
    }
}
