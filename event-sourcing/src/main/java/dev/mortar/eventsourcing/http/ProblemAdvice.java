package dev.mortar.eventsourcing.http;

import dev.mortar.eventsourcing.AccessDenied;
import dev.mortar.eventsourcing.Rejection;
import dev.mortar.eventsourcing.SecurityLog;
import dev.mortar.eventsourcing.kafka.CommandPending;
import dev.mortar.eventsourcing.kafka.CommandRejected;
import dev.mortar.eventsourcing.kafka.KafkaUnavailable;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.MessageSourceResolvable;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.InsufficientAuthenticationException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.validation.FieldError;
import org.springframework.validation.method.ParameterValidationResult;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.ServletRequestBindingException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.JsonNode;

/**
 * Answers failed requests with problem details (RFC 9457). Additional members are the refusal's data, or
 * {@code errors}, a list of {@code field} and {@code detail}.
 */
@RestControllerAdvice
final class ProblemAdvice extends ResponseEntityExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);
    private static final String RETRY_AFTER_SECONDS = "2";

    private final long bodyMaxBytes;
    private final SecurityLog security;

    ProblemAdvice(
            @Value("${spring.jackson.factory.constraints.read.max-document-length}") long bodyMaxBytes,
            SecurityLog security) {
        this.bodyMaxBytes = bodyMaxBytes;
        this.security = security;
    }

    @ExceptionHandler
    ProblemDetail rejected(CommandRejected rejected) {
        if (rejected.kind() == Rejection.Kind.FORBIDDEN) {
            security.denied(kebab(rejected.name()));
        }
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(
                Replies.status(rejected.kind()), String.valueOf(rejected.getMessage()));
        problem.setType(URI.create("urn:mortar:rejection:" + kebab(rejected.name())));
        problem.setTitle(words(rejected.name()));
        for (Map.Entry<String, JsonNode> member : rejected.data().properties()) {
            problem.setProperty(member.getKey(), member.getValue());
        }
        return problem;
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> badRequest(BadRequest bad) {
        return ResponseEntity.status(bad.status()).body(problem(bad));
    }

    @ExceptionHandler
    ProblemDetail denied(AccessDenied denied) {
        return forbidden(denied.reason(), String.valueOf(denied.getMessage()));
    }

    /** Management endpoints are not for the caller's roles. */
    @ExceptionHandler
    ProblemDetail denied(AccessDeniedException denied) {
        return forbidden("role", "No role of the caller may do this");
    }

    private ProblemDetail forbidden(String reason, String detail) {
        security.denied(reason);
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.FORBIDDEN, detail + ".");
        problem.setType(URI.create("urn:mortar:forbidden:" + reason));
        return problem;
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> unauthenticated(AuthenticationException refused) {
        security.denied(refused instanceof InsufficientAuthenticationException ? "no-token" : "token");
        String error = refused instanceof OAuth2AuthenticationException ? " error=\"invalid_token\"" : "";
        return ResponseEntity.status(HttpStatus.UNAUTHORIZED)
                .header(HttpHeaders.WWW_AUTHENTICATE, "Bearer" + error)
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .body(ProblemDetail.forStatusAndDetail(HttpStatus.UNAUTHORIZED, refused.getMessage() + "."));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> ended(LinkEnded ended) {
        security.denied("link-ended");
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.GONE, ended.getMessage());
        problem.setType(URI.create("urn:mortar:link-ended"));
        return ResponseEntity.status(HttpStatus.GONE)
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .body(problem);
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> tooMany(TooManyRequests tooMany) {
        security.denied(tooMany.reason());
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.TOO_MANY_REQUESTS, tooMany.getMessage());
        problem.setType(URI.create("urn:mortar:too-many-requests"));
        return ResponseEntity.status(HttpStatus.TOO_MANY_REQUESTS)
                .headers(tooMany.headers())
                .body(problem);
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> unverified(IssuerAway away) {
        LOG.warn(
                "503: {}: {}",
                away.getMessage(),
                NestedExceptionUtils.getMostSpecificCause(away).getMessage());
        return unavailable(away.getMessage() + ". Repeat the request with the same key.");
    }

    @ExceptionHandler
    ResponseEntity<Map<String, String>> pending(CommandPending pending) {
        return ResponseEntity.accepted()
                .location(URI.create(pending.statusPath()))
                .body(Map.of("status", "PENDING", "location", pending.statusPath()));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> unavailable(KafkaUnavailable unavailable) {
        LOG.warn("503: {}", unavailable.getMessage(), unavailable.getCause());
        return unavailable(unavailable.getMessage() + ". Repeat the request with the same key.");
    }

    private static ResponseEntity<ProblemDetail> unavailable(String detail) {
        return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE)
                .header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS)
                .body(ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE, detail));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> mismatch(MethodArgumentTypeMismatchException mismatch) {
        return badRequest(BadRequest.malformed(mismatch.getName(), "is not a valid value"));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> bug(RuntimeException bug) {
        LOG.error("500", bug);
        return ResponseEntity.internalServerError()
                .body(ProblemDetail.forStatusAndDetail(
                        HttpStatus.INTERNAL_SERVER_ERROR, "An unexpected failure. The service has logged it."));
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException unreadable,
            HttpHeaders headers,
            HttpStatusCode status,
            WebRequest request) {
        if (request instanceof ServletWebRequest web && web.getRequest().getContentLengthLong() > bodyMaxBytes) {
            return tooLarge();
        }
        for (Throwable cause = unreadable; cause != null; cause = cause.getCause()) {
            if (cause instanceof StreamConstraintsException broken
                    && broken.getOriginalMessage().startsWith("Document length")) {
                return tooLarge();
            }
            if (cause instanceof JacksonException json) {
                return answer(problem(BadRequest.unreadable(json)));
            }
        }
        return answer(problem(HttpStatus.BAD_REQUEST, List.of(error("body", "is missing or cannot be read"))));
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleMethodArgumentNotValid(
            MethodArgumentNotValidException invalid, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        return answer(problem(
                HttpStatus.UNPROCESSABLE_CONTENT,
                invalid.getAllErrors().stream()
                        .map(error -> error(error, error.getObjectName()))
                        .toList()));
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHandlerMethodValidationException(
            HandlerMethodValidationException invalid, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        List<Map<String, String>> errors = new ArrayList<>();
        for (ParameterValidationResult result : invalid.getParameterValidationResults()) {
            String name = String.valueOf(result.getMethodParameter().getParameterName());
            result.getResolvableErrors().forEach(error -> errors.add(error(error, name)));
        }
        return answer(problem(HttpStatus.UNPROCESSABLE_CONTENT, errors));
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleServletRequestBindingException(
            ServletRequestBindingException missing, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        return answer(problem(HttpStatus.BAD_REQUEST, List.of(error("request", String.valueOf(missing.getMessage())))));
    }

    private ResponseEntity<Object> tooLarge() {
        return answer(problem(
                HttpStatus.CONTENT_TOO_LARGE, List.of(error("body", "is larger than " + bodyMaxBytes + " bytes"))));
    }

    private static ResponseEntity<Object> answer(ProblemDetail problem) {
        return ResponseEntity.status(problem.getStatus()).body(problem);
    }

    private static ProblemDetail problem(BadRequest bad) {
        return problem(bad.status(), List.of(error(bad.field(), bad.getMessage())));
    }

    private static ProblemDetail problem(HttpStatus status, List<Map<String, String>> errors) {
        Map<String, String> first = errors.getFirst();
        ProblemDetail problem =
                ProblemDetail.forStatusAndDetail(status, first.get("field") + " " + first.get("detail"));
        problem.setProperty("errors", errors);
        return problem;
    }

    private static Map<String, String> error(MessageSourceResolvable error, String otherwise) {
        return error(error instanceof FieldError field ? field.getField() : otherwise, error.getDefaultMessage());
    }

    private static Map<String, String> error(String field, @Nullable String detail) {
        return Map.of("field", field, "detail", String.valueOf(detail));
    }

    private static String kebab(String name) {
        return name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }

    private static String words(String name) {
        String words = kebab(name).replace('-', ' ');
        return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
    }
}
