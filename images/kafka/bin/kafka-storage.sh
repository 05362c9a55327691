#!/bin/sh
# Formats a broker's storage: kafka-storage.sh format -t <cluster id> -c <server.properties>
exec /opt/kafka/bin/kafka-run-class.sh kafka.tools.StorageTool "$@"
