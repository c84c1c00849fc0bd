using System.Reflection;
using System.Reflection.Emit;

namespace Dispatcher.Architecture.Tests;

/// <summary>
/// One type of ours that mentions another type: in a signature, a field, an attribute or a method's body. Nested and compiler-generated
/// types (closures, state machines) count as the type around them. Constants leave no trace in compiled code.
/// </summary>
internal sealed record TypeUse(Type User, Type Used)
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    public string UserNamespace => User.Namespace ?? "";

    public string UsedNamespace => Used.Namespace ?? "";

    public override string ToString() => $"{User.FullName} uses {Used.FullName}";

    public static IEnumerable<TypeUse> In(Assembly assembly) => assembly.GetTypes()
        .SelectMany(type => Mentioned(type).SelectMany(Parts).Select(used => new TypeUse(Outermost(type), Outermost(used))))
        .Where(use => use.User != use.Used)
        .Distinct();

    private static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    /// <summary>The definitions that a type is made of: <c>List&lt;Push[]&gt;</c> is a list and a push.</summary>
    private static IEnumerable<Type> Parts(Type type)
    {
        if (type.HasElementType)
            return Parts(type.GetElementType()!);
        if (type.IsGenericParameter)
            return [];
        return type.IsConstructedGenericType
            ? [type.GetGenericTypeDefinition(), .. type.GetGenericArguments().SelectMany(Parts)]
            : [type];
    }

    private static IEnumerable<Type> Mentioned(Type type)
    {
        IEnumerable<Type> shape = [.. type.GetInterfaces(), .. type.GetFields(Declared).Select(field => field.FieldType)];
        if (type.BaseType is { } parent)
            shape = shape.Append(parent);
        var methods = type.GetMethods(Declared).Cast<MethodBase>().Concat(type.GetConstructors(Declared)).ToArray();
        var attributes = type.GetCustomAttributesData().Concat(methods.SelectMany(method => method.GetCustomAttributesData()));
        return shape
            .Concat(attributes.Select(attribute => attribute.AttributeType))
            .Concat(methods.SelectMany(Signature))
            .Concat(methods.SelectMany(Body));
    }

    private static IEnumerable<Type> Signature(MethodBase method) =>
        [.. method.GetParameters().Select(parameter => parameter.ParameterType), .. method is MethodInfo { ReturnType: var type } ? [type] : Type.EmptyTypes];

    private static IEnumerable<Type> Body(MethodBase method)
    {
        if (method.GetMethodBody() is not { } body)
            return [];
        return body.LocalVariables.Select(local => local.LocalType)
            .Concat(body.ExceptionHandlingClauses.Where(clause => clause.Flags == ExceptionHandlingClauseOptions.Clause).Select(clause => clause.CatchType!))
            .Concat(Tokens(body.GetILAsByteArray() ?? []).SelectMany(token => Resolve(method, token)));
    }

    private static IEnumerable<Type> Resolve(MethodBase method, int token)
    {
        var typeArguments = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null;
        var methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        return method.Module.ResolveMember(token, typeArguments, methodArguments) switch
        {
            Type type => [type],
            FieldInfo field => [field.DeclaringType!, field.FieldType],
            MethodBase called when called.IsGenericMethod => [called.DeclaringType!, .. called.GetGenericArguments(), .. Signature(called)],
            MethodBase called => [called.DeclaringType!, .. Signature(called)],
            _ => [],
        };
    }

    /// <summary>The metadata tokens of types and members in a method's instructions (ECMA-335, partition III).</summary>
    private static IEnumerable<int> Tokens(byte[] code)
    {
        for (var at = 0; at < code.Length;)
        {
            // 0xFE introduces the instructions of two bytes.
            var value = code[at] == 0xFE ? (short)(0xFE00 | code[at + 1]) : code[at];
            at += value >= 0 ? 1 : 2;
            var operand = OpCodesByValue[value].OperandType;
            if (operand is OperandType.InlineType or OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineTok)
                yield return BitConverter.ToInt32(code, at);
            at += operand switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
                _ => 4,
            };
        }
    }
}
