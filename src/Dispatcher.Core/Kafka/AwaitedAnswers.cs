namespace Dispatcher.Core.Kafka;

/// <summary>
/// The listeners whose answers are to come. Each has a number meanwhile, which its record carries through librdkafka, so that a record costs no
/// handle and no object. Bound: librdkafka's own queue takes no more records than it is set to; places are reused and never given back.
/// </summary>
internal sealed class AwaitedAnswers
{
    private const int None = -1;

    private readonly Lock _lock = new();
    private (IProduceListener? Listener, int NextFree)[] _places = [];
    private int _firstFree = None;

    /// <summary>Gives a listener a number, which is never 0: librdkafka's word for nobody.</summary>
    /// <param name="listener">Who waits.</param>
    public int Add(IProduceListener listener)
    {
        lock (_lock)
        {
            if (_firstFree == None)
                Grow();
            var place = _firstFree;
            _firstFree = _places[place].NextFree;
            _places[place].Listener = listener;
            return place + 1;
        }
    }

    /// <summary>Takes a listener out; its number is another's from here on.</summary>
    /// <param name="number">Its number.</param>
    /// <exception cref="InvalidOperationException">Nobody has the number: a bug.</exception>
    public IProduceListener Take(int number)
    {
        lock (_lock)
        {
            ref var place = ref _places[number - 1];
            var listener = place.Listener ?? throw new InvalidOperationException($"Nobody waits for answer {number}.");
            place = (null, _firstFree);
            _firstFree = number - 1;
            return listener;
        }
    }

    private void Grow()
    {
        var old = _places.Length;
        Array.Resize(ref _places, Math.Max(256, old * 2));
        for (var place = _places.Length - 1; place >= old; place--)
        {
            _places[place].NextFree = _firstFree;
            _firstFree = place;
        }
    }
}
