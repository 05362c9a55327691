import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.internals.InternalProcessorContext;
import org.apache.kafka.streams.processor.internals.ProcessorNode;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.internals.WrappedStateStore;

/**
 * The baseline: records and manufactured quantity per SKU and month with Kafka Streams, exactly once, changed rows
 * published. The totals lie in RocksDB under the record cache; rows leave the cache, and the program, at each commit, as
 * in the library's own aggregations. Input partitions hold whole SKUs, so nothing is repartitioned.
 *
 * <p>Configured by environment; prints one JSON line when it runs and one when every record's offset is committed.
 */
public final class StreamsTotals {
    static final String STORE = "totals";

    /** One row: records counted and the sum of their quantities. */
    record Total(int records, long manufacturedQty) {}

    public static void main(String[] args) throws Exception {
        String topic = env("RAW_TOPIC");
        String group = env("GROUP");
        KafkaStreams streams = new KafkaStreams(topology(topic), settings(group));
        CountDownLatch running = new CountDownLatch(1);
        streams.setStateListener((now, before) -> {
            if (now == KafkaStreams.State.RUNNING && running.getCount() > 0) {
                say("running");
                running.countDown();
            }
            if (now == KafkaStreams.State.ERROR) System.exit(1);
        });
        streams.setUncaughtExceptionHandler(error -> {
            error.printStackTrace();
            return org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler
                .StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
        Runtime.getRuntime().addShutdownHook(new Thread(() -> streams.close(Duration.ofSeconds(10))));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", env("KAFKA_BOOTSTRAP")))) {
            Map<TopicPartition, Long> ends = logEnds(admin, topic);
            streams.start();
            running.await();
            while (!isCommitted(admin, group, ends)) Thread.sleep(20);
            say("committed");
        }
        Thread.currentThread().join();
    }

    static Topology topology(String topic) {
        Topology topology = new Topology();
        Values values = new Values(env("REGISTRY_URL"));
        topology.addSource("raw", Serdes.String().deserializer(), values.reader(), topic);
        topology.addProcessor("fold", Fold::new, "raw");
        topology.addStateStore(
            Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(STORE), Serdes.String(), totals())
                .withCachingEnabled(), "fold");
        topology.addSink("changed", env("SUMMARY_TOPIC"), Serdes.String().serializer(), values.writer(), "fold");
        return topology;
    }

    static Properties settings(String group) {
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, group);
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, env("KAFKA_BOOTSTRAP"));
        settings.put(StreamsConfig.STATE_DIR_CONFIG, env("STATE_DIR"));
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, Integer.parseInt(env("THREADS")));
        settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, Long.parseLong(env("COMMIT_INTERVAL_MS")));
        settings.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
        return settings;
    }

    /** Adds each record to its month's row. */
    static final class Fold implements Processor<String, GenericRecord, String, GenericRecord> {
        private ProcessorContext<String, GenericRecord> context;
        private KeyValueStore<String, Total> store;
        private ProcessorNode<?, ?, ?, ?> node;

        @Override
        public void init(ProcessorContext<String, GenericRecord> context) {
            this.context = context;
            this.store = context.getStateStore(STORE);
            // As the library's own aggregations do: what the cache lets go of at a commit is what is published.
            ((WrappedStateStore<?, String, Total>) store).setFlushListener(
                change -> publish(change.key(), change.value().newValue, change.timestamp()), false);
            node = ((InternalProcessorContext<String, GenericRecord>) context).currentNode();
        }

        @Override
        public void process(Record<String, GenericRecord> record) {
            GenericRecord raw = record.value();
            int month = (Integer) raw.get("month");
            String row = raw.get("sku") + "|" + raw.get("year") + (month < 10 ? "-0" : "-") + month;
            int quantity = (Integer) raw.get("manufactured_qty");
            Total before = store.get(row);
            store.put(row, before == null
                ? new Total(1, quantity)
                : new Total(before.records() + 1, before.manufacturedQty() + quantity));
        }

        private void publish(String row, Total total, long timestamp) {
            GenericRecord summary = new GenericData.Record(Values.SUMMARY);
            int at = row.length() - 8;
            summary.put("sku", row.substring(0, at));
            summary.put("year", Integer.parseInt(row.substring(at + 1, at + 5)));
            summary.put("month", Integer.parseInt(row.substring(at + 6)));
            summary.put("records", total.records());
            summary.put("manufactured_qty", total.manufacturedQty());
            InternalProcessorContext<String, GenericRecord> inner =
                (InternalProcessorContext<String, GenericRecord>) context;
            ProcessorNode<?, ?, ?, ?> current = inner.currentNode();
            inner.setCurrentNode(node);
            try {
                inner.forward(new Record<>(row, summary, timestamp));
            } finally {
                inner.setCurrentNode(current);
            }
        }
    }

    /** Avro values in the Confluent wire format. */
    static final class Values {
        static final Schema SUMMARY = new Schema.Parser().parse("""
            {"type": "record", "name": "SummaryStats", "namespace": "cutover", "fields": [
              {"name": "sku", "type": "string"}, {"name": "year", "type": "int"}, {"name": "month", "type": "int"},
              {"name": "records", "type": "int"}, {"name": "manufactured_qty", "type": "long"}]}""");
        private final String registry;
        private final Map<Integer, Schema> schemas = new ConcurrentHashMap<>();

        Values(String registry) {
            this.registry = registry;
        }

        /** Called once for each thread's task, so what it keeps is the thread's own. */
        Deserializer<GenericRecord> reader() {
            Map<Integer, GenericDatumReader<GenericRecord>> readers = new HashMap<>();
            ThreadLocal<BinaryDecoder> decoders = new ThreadLocal<>();
            return (topic, bytes) -> {
                int id = ByteBuffer.wrap(bytes).getInt(1);
                Schema schema = schemas.computeIfAbsent(id, this::fetch);
                GenericDatumReader<GenericRecord> reader;
                synchronized (readers) {
                    reader = readers.computeIfAbsent(id, any -> new GenericDatumReader<>(schema));
                }
                try {
                    BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(bytes, 5, bytes.length - 5, decoders.get());
                    decoders.set(decoder);
                    return reader.read(null, decoder);
                } catch (java.io.IOException error) {
                    throw new java.io.UncheckedIOException(error);
                }
            };
        }

        Serializer<GenericRecord> writer() {
            GenericDatumWriter<GenericRecord> writer = new GenericDatumWriter<>(SUMMARY);
            return (topic, summary) -> {
                java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream(64);
                BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
                try {
                    out.write(new byte[] {0, 0, 0, 0, 0});
                    writer.write(summary, encoder);
                } catch (java.io.IOException error) {
                    throw new java.io.UncheckedIOException(error);
                }
                return out.toByteArray();
            };
        }

        private Schema fetch(int id) {
            try {
                HttpRequest request = HttpRequest.newBuilder(URI.create(registry + "/schemas/ids/" + id)).build();
                String answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
                return new Schema.Parser().parse(new ObjectMapper().readTree(answer).get("schema").asText());
            } catch (java.io.IOException | InterruptedException error) {
                throw new IllegalStateException("schema " + id + " could not be fetched", error);
            }
        }
    }

    static Serde<Total> totals() {
        return Serdes.serdeFrom(
            (topic, total) -> total == null ? null
                : ByteBuffer.allocate(12).putInt(total.records()).putLong(total.manufacturedQty()).array(),
            (topic, bytes) -> {
                if (bytes == null) return null;
                ByteBuffer buffer = ByteBuffer.wrap(bytes);
                return new Total(buffer.getInt(), buffer.getLong());
            });
    }

    static Map<TopicPartition, Long> logEnds(Admin admin, String topic) throws Exception {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        for (var partition : admin.describeTopics(java.util.List.of(topic)).allTopicNames().get().get(topic).partitions()) {
            wanted.put(new TopicPartition(topic, partition.partition()), OffsetSpec.latest());
        }
        Map<TopicPartition, Long> ends = new HashMap<>();
        admin.listOffsets(wanted).all().get().forEach((partition, end) -> ends.put(partition, end.offset()));
        return ends;
    }

    static boolean isCommitted(Admin admin, String group, Map<TopicPartition, Long> ends) throws Exception {
        Map<TopicPartition, OffsetAndMetadata> committed =
            admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
        for (var end : ends.entrySet()) {
            OffsetAndMetadata offset = committed.get(end.getKey());
            if (end.getValue() > 0 && (offset == null || offset.offset() < end.getValue())) return false;
        }
        return true;
    }

    static void say(String event) {
        System.out.println("{\"event\":\"" + event + "\",\"time\":" + System.currentTimeMillis() + "}");
    }

    static String env(String name) {
        String value = System.getenv(name);
        if (value == null) throw new IllegalArgumentException(name + " is not set");
        return value;
    }
}
