#!/bin/bash
# Runs the registry until it lists its subjects; writes /opt/classes/registry.aot.
set -eu

mkdir /opt/classes
# Java writes such archives in one run from 25 on; an older one starts without.
java -XX:+PrintFlagsFinal -version 2>&1 | grep -q AOTCacheOutput || exit 0

# The build shares the machine's network; labs of the machine have higher ports.
port=28080
mkdir /tmp/data
cd /tmp
# As deploy/base/registry runs it.
java -XX:AOTCacheOutput=/opt/classes/registry.aot \
  -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xms96m -Xmx384m \
  -Djava.util.logging.manager=org.jboss.logmanager.LogManager \
  -Dquarkus.http.host=127.0.0.1 -Dquarkus.http.port=$port \
  -Dquarkus.management.host=127.0.0.1 -Dquarkus.management.port=29000 \
  -Dquarkus.http.access-log.enabled=false -Dquarkus.otel.sdk.disabled=true \
  '-Dapicurio.datasource.url=jdbc:h2:file:/tmp/data/registry;WRITE_DELAY=0' \
  -Dapicurio.datasource.jdbc.initial-size=2 -Dapicurio.datasource.jdbc.min-size=2 \
  -Dapicurio.storage.snapshot.location=/tmp/data \
  -jar /deployments/quarkus-run.jar &
registry=$!
trap 'kill -KILL $registry 2>/dev/null' EXIT

# Bash's own way to ask for a page; the first line of the answer has the status.
lists_subjects() {
  exec 3<>/dev/tcp/127.0.0.1/$port || return 1
  printf 'GET /apis/ccompat/v7/subjects HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3
  head -1 <&3 | grep -q ' 200'
}
deadline=$((SECONDS + 120))
until (lists_subjects) 2>/dev/null; do
  [ $SECONDS -lt $deadline ] || { echo 'the registry does not answer' >&2; exit 1; }
  kill -0 $registry
  sleep 0.2
done

kill -TERM $registry
# 143: ended by the signal, in order.
wait $registry || [ $? = 143 ]
trap - EXIT
[ -s /opt/classes/registry.aot ]
