package dev.mortar.eventsourcing.security;

import dev.mortar.eventsourcing.Role;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import org.springframework.security.authentication.AuthenticationManagerResolver;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationFilter;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Makes every service an OAuth2 resource server. There is no switch that turns this off. */
@AutoConfiguration
@EnableConfigurationProperties(SecuritySettings.class)
public class MortarSecurityAutoConfiguration implements WebMvcConfigurer {
    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(new AccessInterceptor());
    }

    @Bean
    OrderLinks orderLinks(SecuritySettings settings) {
        return new OrderLinks(
                RotatedSecret.ofFile("link secret", "MORTAR_LINK_SECRET_FILE", settings.linkSecretFile()));
    }

    @Bean
    AuthenticationManagerResolver<HttpServletRequest> issuers(SecuritySettings settings) {
        return Tokens.resolver(settings);
    }

    /** Gives a faulty token the same form of answer as every other refusal. */
    @Bean
    AuthenticationEntryPoint refusedToken(@Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
        return (request, response, refusal) -> problems.resolveException(request, response, null, refusal);
    }

    @Bean
    CallLimits callLimits(
            SecuritySettings settings, @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
        return new CallLimits(settings, problems);
    }

    /** Management is for operators. Health is open, because probes have no token. */
    @Bean
    @Order(1)
    SecurityFilterChain management(
            HttpSecurity http,
            AuthenticationManagerResolver<HttpServletRequest> issuers,
            OrderLinks links,
            CallLimits limits,
            AuthenticationEntryPoint refusal) {
        // By path, because a matcher of endpoints lets methods through that it does not know, such as HEAD of the
        // links.
        http.securityMatcher("/actuator/**")
                .authorizeHttpRequests(requests -> requests.requestMatchers("/actuator/health/**")
                        .permitAll()
                        .anyRequest()
                        .hasAuthority(Role.OPERATOR.name()));
        return build(http, issuers, links, limits, refusal);
    }

    /** The APIs. {@link AccessInterceptor} decides, because it knows the handler. */
    @Bean
    @Order(2)
    SecurityFilterChain apis(
            HttpSecurity http,
            AuthenticationManagerResolver<HttpServletRequest> issuers,
            OrderLinks links,
            CallLimits limits,
            AuthenticationEntryPoint refusal) {
        http.authorizeHttpRequests(requests -> requests.anyRequest().permitAll());
        return build(http, issuers, links, limits, refusal);
    }

    private static SecurityFilterChain build(
            HttpSecurity http,
            AuthenticationManagerResolver<HttpServletRequest> issuers,
            OrderLinks links,
            CallLimits limits,
            AuthenticationEntryPoint refusal) {
        http.csrf(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .headers(headers -> headers.cacheControl(HeadersConfigurer.CacheControlConfig::disable))
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .exceptionHandling(refusals -> refusals.authenticationEntryPoint(refusal))
                .addFilterBefore(new OrderLinkFilter(links, refusal), BearerTokenAuthenticationFilter.class)
                .addFilterBefore(limits.byAddress(), OrderLinkFilter.class)
                .addFilterAfter(limits.byCaller(), BearerTokenAuthenticationFilter.class)
                .oauth2ResourceServer(
                        server -> server.authenticationManagerResolver(issuers).authenticationEntryPoint(refusal));
        return http.build();
    }
}
