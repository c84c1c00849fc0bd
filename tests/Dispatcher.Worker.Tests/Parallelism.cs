// Most tests wait for Kafka's timers, not for a processor.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]
