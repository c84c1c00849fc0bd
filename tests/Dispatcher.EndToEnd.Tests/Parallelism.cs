// Each test has four to six processes of its own.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
