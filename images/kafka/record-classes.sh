#!/bin/bash
# Formats a broker's volume, runs the broker and makes a topic, once each; writes /opt/kafka/classes/<class>.aot.
set -eu

mkdir /opt/kafka/classes
# Java writes such archives in one run from 25 on; an older one starts without.
java -XX:+PrintFlagsFinal -version 2>&1 | grep -q AOTCacheOutput || exit 0

# The build shares the machine's network; labs of the machine have higher ports.
client=127.0.0.1:29092
controller=127.0.0.1:29093
settings=/tmp/server.properties
cat >$settings <<SETTINGS
process.roles=broker,controller
node.id=0
controller.quorum.voters=0@$controller
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://$client,CONTROLLER://$controller
log.dirs=/tmp/log
offsets.topic.replication.factor=1
SETTINGS

# Named as the script that runs a class looks for them.
archiving() { echo "-XX:AOTCacheOutput=/opt/kafka/classes/$1.aot"; }

export KAFKA_JVM_PERFORMANCE_OPTS='-XX:+UseSerialGC -XX:TieredStopAtLevel=1'
KAFKA_OPTS=$(archiving kafka.tools.StorageTool) \
  /opt/kafka/bin/kafka-storage.sh format -t Y3V0b3Zlci1rYWZrYS0wMQ -c $settings

# As deploy/base/kafka runs it: an archive fits the collector and the heap that it was made with best.
KAFKA_JVM_PERFORMANCE_OPTS=-XX:+UseSerialGC KAFKA_HEAP_OPTS='-Xms256m -Xmx512m' \
  KAFKA_OPTS=$(archiving kafka.Kafka) /opt/kafka/bin/kafka-server-start.sh $settings &
broker=$!
trap 'kill -KILL $broker 2>/dev/null' EXIT

# It waits for the broker by itself.
KAFKA_HEAP_OPTS=-Xmx128m KAFKA_OPTS=$(archiving org.apache.kafka.tools.TopicCommand) \
  /opt/kafka/bin/kafka-topics.sh --bootstrap-server $client --create --if-not-exists \
  --topic recorded --partitions 6 --config retention.ms=-1

kill -TERM $broker
# 143: ended by the signal, in order.
wait $broker || [ $? = 143 ]
trap - EXIT
ls -l /opt/kafka/classes
[ "$(ls /opt/kafka/classes | wc -l)" = 3 ]
