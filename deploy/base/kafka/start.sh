#!/bin/sh
# Writes this broker's settings, formats its volume where that is new, and becomes the broker.
#
# Listeners: CLIENT 9092 for the cluster; CONTROLLER 9093 for the brokers themselves; EXTERNAL for a
# port-forward from outside. EXTERNAL listens on the pod's own loopback interface only, at
# KAFKA_EXTERNAL_PORT plus the broker's number, and tells clients to come to that very port of theirs.
set -eu

number=${POD_NAME##*-}
domain=kafka.${POD_NAMESPACE}.svc
external=$((KAFKA_EXTERNAL_PORT + number))
settings=/tmp/server.properties
replicas=$((KAFKA_BROKERS < 3 ? KAFKA_BROKERS : 3))
min_isr=$((replicas == 3 ? 2 : 1))

voters=''
each=0
while [ "$each" -lt "$KAFKA_BROKERS" ]; do
  voters="${voters:+$voters,}$each@kafka-$each.$domain:9093"
  each=$((each + 1))
done

cat >"$settings" <<SETTINGS
process.roles=broker,controller
node.id=$number
controller.quorum.voters=$voters
controller.listener.names=CONTROLLER
inter.broker.listener.name=CLIENT
listeners=CLIENT://:9092,CONTROLLER://:9093,EXTERNAL://127.0.0.1:$external
advertised.listeners=CLIENT://kafka-$number.$domain:9092,EXTERNAL://127.0.0.1:$external
listener.security.protocol.map=CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT,EXTERNAL:PLAINTEXT
log.dirs=/var/lib/kafka/data/log
auto.create.topics.enable=false
default.replication.factor=$replicas
min.insync.replicas=$min_isr
offsets.topic.replication.factor=$replicas
offsets.topic.num.partitions=6
transaction.state.log.replication.factor=$replicas
transaction.state.log.min.isr=$min_isr
transaction.state.log.num.partitions=6
share.coordinator.state.topic.replication.factor=$replicas
share.coordinator.state.topic.min.isr=$min_isr
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
group.consumer.min.session.timeout.ms=1000
group.consumer.session.timeout.ms=6000
group.consumer.min.heartbeat.interval.ms=500
group.consumer.heartbeat.interval.ms=2000
SETTINGS

if [ ! -e /var/lib/kafka/data/log/meta.properties ]; then
  KAFKA_JVM_PERFORMANCE_OPTS="${KAFKA_JVM_PERFORMANCE_OPTS:-} -XX:TieredStopAtLevel=1" \
    /opt/kafka/bin/kafka-storage.sh format --ignore-formatted -t "$KAFKA_CLUSTER_ID" -c "$settings"
fi
exec /opt/kafka/bin/kafka-server-start.sh "$settings"
