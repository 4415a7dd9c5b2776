import { inferShapes, type OnnxModel } from '@hamon/onnx';

/** Works the shapes out, and names the tensors that nodes make whose type or a length stayed unknown. */
export function openTensors(model: OnnxModel): readonly string[] {
  const { graph } = model;
  inferShapes(model);
  return graph
    .topological()
    .flatMap(({ outputs }) => outputs)
    .filter((name) => {
      if (name === '') return false;
      const { dataType, dims } = graph.valueOf(name) ?? {};
      return dataType === undefined || dims === undefined || dims.includes(null);
    });
}
