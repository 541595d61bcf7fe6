import Files
import LinearAlgebra

/// The one list of the kinds of layers.
enum LayerKinds<Element: Scalar> {
    /// - Throws: `Fault` of kind `data` for a kind that is not in the list.
    static func type(_ reader: inout LayerReader) throws(Fault) -> any Layer<Element>.Type {
        guard let type = types[reader.kind] else {
            throw reader.fault(
                "is of a kind that is not known", remedy: "The kinds are \(types.keys.sorted().joined(separator: ", "))"
            )
        }
        return type
    }

    static func make(
        _ reader: inout LayerReader, input: ExampleShape, parameters: inout ParameterLayout
    ) throws(Fault) -> any Layer<Element> {
        let layer = try type(&reader).init(&reader, input: input, parameters: &parameters)
        try reader.finish()
        return layer
    }

    private static var types: [String: any Layer<Element>.Type] {
        [
            "flatten": Flatten<Element>.self,
            "linear": Linear<Element>.self,
            "conv2d": Convolution<Element>.self,
            "relu": Activation<Element>.self,
            "leaky_relu": Activation<Element>.self,
            "tanh": Activation<Element>.self,
            "sigmoid": Activation<Element>.self,
            "silu": Activation<Element>.self,
            "gelu": Activation<Element>.self,
            "crelu": PairedRectifier<Element>.self,
            "max_pool2d": MaxPool<Element>.self,
            "avg_pool2d": AveragePool<Element>.self,
            "global_avg_pool": GlobalAveragePool<Element>.self,
            "residual": Residual<Element>.self,
            "layer_norm": LayerNorm<Element>.self,
            "group_norm": GroupNorm<Element>.self,
            "batch_norm2d": BatchNorm<Element>.self,
            "dropout": Dropout<Element>.self,
            "tokens": Tokens<Element>.self,
            "class_token": ClassToken<Element>.self,
            "position_embedding": PositionEmbedding<Element>.self,
            "attention": Attention<Element>.self,
            "select_token": SelectToken<Element>.self,
            "mean_tokens": MeanTokens<Element>.self,
        ]
    }
}
