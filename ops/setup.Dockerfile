# The release steps that come before any service: topics, then schemas. The same image runs the issuer of docker-compose.yml.
ARG JAVA_IMAGE=eclipse-temurin:25-jre
FROM ${JAVA_IMAGE}
RUN useradd --uid 10001 --create-home mortar && mkdir /issuer && chown mortar /issuer
USER mortar
COPY local-stack/target/lib /setup/lib
COPY local-stack/target/local-stack-*.jar schemas/target/schemas-*.jar /setup/
CMD ["sh", "-ec", "java -cp '/setup/*:/setup/lib/*' dev.mortar.localstack.Topics && java -cp '/setup/*:/setup/lib/*' dev.mortar.schemas.registry.RegisterSchemas"]
