# The release steps that come before any service: topics, then schemas. The same image runs the issuer of docker-compose.yml and makes its secrets.
ARG JAVA_IMAGE=eclipse-temurin:25-jre
FROM ${JAVA_IMAGE}
RUN useradd --uid 10001 --create-home mortar && mkdir -p /issuer /secrets/order-links /secrets/pickup-codes && chown -R mortar /issuer /secrets
USER mortar
COPY local-stack/target/lib /setup/lib
COPY local-stack/target/local-stack-*.jar schemas/target/schemas-*.jar /setup/
CMD ["sh", "-ec", "java -cp '/setup/*:/setup/lib/*' dev.mortar.localstack.Topics && java -cp '/setup/*:/setup/lib/*' dev.mortar.schemas.registry.RegisterSchemas"]
