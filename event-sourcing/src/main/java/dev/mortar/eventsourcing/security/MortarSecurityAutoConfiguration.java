package dev.mortar.eventsourcing.security;

import dev.mortar.eventsourcing.Role;
import dev.mortar.eventsourcing.http.BadRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.security.authentication.AuthenticationManagerResolver;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;
import org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationFilter;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.security.web.header.HeaderWriterFilter;
import org.springframework.web.filter.RequestContextFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Makes every service an OAuth2 resource server. There is no switch that turns this off. */
@AutoConfiguration
@EnableConfigurationProperties(SecuritySettings.class)
public class MortarSecurityAutoConfiguration implements WebMvcConfigurer {
    private static final String SCRAPE = "SCRAPE";

    private final SecuritySettings settings;

    MortarSecurityAutoConfiguration(SecuritySettings settings) {
        this.settings = settings;
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(new AccessInterceptor(settings.shopperTakesGoodsPerMinute()));
    }

    @Bean
    OrderLinks orderLinks() {
        return new OrderLinks(
                RotatedSecret.ofFile("link secret", "MORTAR_LINK_SECRET_FILE", settings.linkSecretFile()));
    }

    @Bean
    AuthenticationManagerResolver<HttpServletRequest> issuers(CallLimits limits) {
        return Tokens.resolver(settings, limits::checkRefused);
    }

    /** Gives a faulty token the same form of answer as every other refusal. */
    @Bean
    AuthenticationEntryPoint refusedToken(@Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
        return (request, response, refusal) -> refuse(problems, request, response, refusal, HttpStatus.UNAUTHORIZED);
    }

    /** The same for a role that may not use management. */
    @Bean
    AccessDeniedHandler refusedRole(@Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
        return (request, response, refusal) -> refuse(problems, request, response, refusal, HttpStatus.FORBIDDEN);
    }

    /** The same for a path that could be read in two ways, such as one with an empty segment. */
    @Bean
    RequestRejectedHandler refusedPath(@Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
        BadRequest strange = BadRequest.malformed(
                "path", "has an empty or a relative segment, or a character such as ; that may not be in it");
        return (request, response, refusal) -> refuse(problems, request, response, strange, HttpStatus.BAD_REQUEST);
    }

    /** Answers with a problem. If that cannot be made, the bare status refuses all the same. */
    static void refuse(
            HandlerExceptionResolver problems,
            HttpServletRequest request,
            HttpServletResponse response,
            Exception refusal,
            HttpStatus otherwise)
            throws IOException {
        if (problems.resolveException(request, response, null, refusal) == null) {
            response.sendError(otherwise.value());
        }
    }

    @Bean
    CallLimits callLimits(@Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
        return new CallLimits(settings, problems);
    }

    /** Management is for operators. Health is open, because probes have no token. A scraper reads the metrics. */
    @Bean
    @Order(1)
    SecurityFilterChain management(
            HttpSecurity http,
            AuthenticationManagerResolver<HttpServletRequest> issuers,
            OrderLinks links,
            CallLimits limits,
            AuthenticationEntryPoint refusal,
            AccessDeniedHandler denial) {
        // By path, because a matcher of endpoints lets methods through that it does not know, such as HEAD of the
        // links.
        http.securityMatcher("/actuator/**")
                .authorizeHttpRequests(requests -> requests.requestMatchers("/actuator/health/**")
                        .permitAll()
                        .requestMatchers("/actuator/prometheus")
                        .hasAnyAuthority(SCRAPE, Role.OPERATOR.name())
                        .anyRequest()
                        .hasAuthority(Role.OPERATOR.name()));
        // The management port has no filter of its own that knows the request, and the security log needs one.
        http.addFilterBefore(new RequestContextFilter(), HeaderWriterFilter.class);
        return build(http, orScraper(issuers, settings.scrapeTokenFile()), links, limits, refusal, denial);
    }

    private static AuthenticationManagerResolver<HttpServletRequest> orScraper(
            AuthenticationManagerResolver<HttpServletRequest> issuers, @Nullable String file) {
        if (file == null || file.isBlank()) {
            return issuers;
        }
        RotatedSecret secret = RotatedSecret.ofFile("scrape token", "MORTAR_SCRAPE_TOKEN_FILE", file);
        Authentication scraper = UsernamePasswordAuthenticationToken.authenticated(
                "scraper", "", List.of(new SimpleGrantedAuthority(SCRAPE)));
        return request -> token -> secret.contains(((BearerTokenAuthenticationToken) token).getToken())
                ? scraper
                : issuers.resolve(request).authenticate(token);
    }

    /** The APIs. {@link AccessInterceptor} decides, because it knows the handler. */
    @Bean
    @Order(2)
    SecurityFilterChain apis(
            HttpSecurity http,
            AuthenticationManagerResolver<HttpServletRequest> issuers,
            OrderLinks links,
            CallLimits limits,
            AuthenticationEntryPoint refusal,
            AccessDeniedHandler denial) {
        http.authorizeHttpRequests(requests -> requests.anyRequest().permitAll());
        return build(http, issuers, links, limits, refusal, denial);
    }

    private static SecurityFilterChain build(
            HttpSecurity http,
            AuthenticationManagerResolver<HttpServletRequest> issuers,
            OrderLinks links,
            CallLimits limits,
            AuthenticationEntryPoint refusal,
            AccessDeniedHandler denial) {
        http.csrf(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .headers(headers -> headers.cacheControl(HeadersConfigurer.CacheControlConfig::disable))
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .addFilterBefore(new OrderLinkFilter(links, limits, refusal), BearerTokenAuthenticationFilter.class)
                .addFilterBefore(limits.byAddress(), OrderLinkFilter.class)
                .addFilterAfter(limits.byCaller(), BearerTokenAuthenticationFilter.class)
                .exceptionHandling(
                        refusals -> refusals.authenticationEntryPoint(refusal).accessDeniedHandler(denial))
                .oauth2ResourceServer(server -> server.authenticationManagerResolver(issuers)
                        .authenticationEntryPoint(refusal)
                        .accessDeniedHandler(denial));
        return http.build();
    }
}
