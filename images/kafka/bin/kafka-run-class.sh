#!/bin/sh
# Runs a class of Kafka's with the settings that Kafka's own script of this name reads; the process becomes the Java.
classes=/opt/kafka/classes/$1.aot
[ ! -e "$classes" ] || KAFKA_OPTS="-XX:AOTCache=$classes ${KAFKA_OPTS:-}"
exec java ${KAFKA_HEAP_OPTS:--Xmx256m} ${KAFKA_JVM_PERFORMANCE_OPTS:--XX:+UseSerialGC} ${KAFKA_OPTS:-} \
  -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -Dorg.slf4j.simpleLogger.showDateTime=true \
  -cp '/opt/kafka/libs/*' "$@"
