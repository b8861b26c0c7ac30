package dev.mortar.systemtests;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.mortar.localstack.Stack;
import java.io.IOException;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.UUID;

/** Tokens that no issuer would give, some of them signed with the key of the stack's issuer. */
final class Forgery {
    final RSAKey key;
    final String issuer;

    Forgery(Stack stack) {
        issuer = stack.url("issuer");
        try {
            key = JWKSet.load(stack.issuer().data().resolve("keys.json").toFile())
                    .getKeys()
                    .getFirst()
                    .toRSAKey();
        } catch (IOException | ParseException e) {
            throw new IllegalStateException("the key of the issuer cannot be read", e);
        }
    }

    /** The claims of a good token, to be changed. */
    JWTClaimsSet.Builder claims(String id, String role) {
        Instant now = Instant.now();
        return new JWTClaimsSet.Builder()
                .issuer(issuer)
                .audience("mortar")
                .subject(id)
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plus(Duration.ofMinutes(10))))
                .jwtID(UUID.randomUUID().toString())
                .claim("roles", List.of(role));
    }

    JWSHeader.Builder header() {
        return new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID());
    }

    /** Signed with the right key. */
    String signed(JWTClaimsSet claims) {
        return signed(header().build(), claims, key);
    }

    static String signed(JWSHeader header, JWTClaimsSet claims, RSAKey key) {
        try {
            return signed(header, claims, new RSASSASigner(key));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    static String signed(JWSHeader header, JWTClaimsSet claims, JWSSigner signer) {
        try {
            var token = new SignedJWT(header, claims);
            token.sign(signer);
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }
}
