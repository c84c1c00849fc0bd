namespace Dispatcher.Simulator.Wire.Hpack;

/// <summary>The fields that the peer asked to remember, newest first, within a number of bytes: RFC 7541 §2.3.2 and §4.</summary>
internal sealed class DynamicTable(int capacity)
{
    private readonly FieldRing _fields = new();

    public int Size { get; private set; }

    public int Capacity { get; private set; } = capacity;

    public int Count => _fields.Count;

    /// <summary>By age, 0 is the newest.</summary>
    public HeaderField At(int age) => _fields.At(age);

    public void Add(in HeaderField field)
    {
        // A field larger than the table empties it and is not added (RFC 7541 §4.4).
        Evict(Capacity - field.Size);
        if (field.Size > Capacity)
            return;
        _fields.Push(field);
        Size += field.Size;
    }

    public void Resize(int capacity)
    {
        Capacity = capacity;
        Evict(capacity);
    }

    private void Evict(int until)
    {
        while (Size > Math.Max(0, until))
            Size -= _fields.Pop().Size;
    }

    /// <summary>A ring that grows: pushed at one end, popped at the other, read by place.</summary>
    private sealed class FieldRing
    {
        private HeaderField[] _slots = new HeaderField[64];
        private int _newest = -1;

        public int Count { get; private set; }

        public HeaderField At(int age) => _slots[(_newest - age) & (_slots.Length - 1)];

        public void Push(in HeaderField field)
        {
            if (Count == _slots.Length)
                Grow();
            _newest = (_newest + 1) & (_slots.Length - 1);
            _slots[_newest] = field;
            Count++;
        }

        public HeaderField Pop() => At(--Count);

        private void Grow()
        {
            var larger = new HeaderField[_slots.Length * 2];
            for (var age = 0; age < Count; age++)
                larger[Count - 1 - age] = At(age);
            (_slots, _newest) = (larger, Count - 1);
        }
    }
}
