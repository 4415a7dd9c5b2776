/** Runs models in a process of its own: `[{ bytes, feeds }]` in, for each `{ outputs }` or `{ error }` out. */
import { createRequire } from 'node:module';

const { InferenceSession, Tensor } = createRequire(new URL('../../inference/package.json', import.meta.url))(
  'onnxruntime-node',
);

process.on('message', async (jobs) => {
  const results = [];
  for (const { bytes, feeds } of jobs) {
    try {
      const session = await InferenceSession.create(Uint8Array.from(bytes), {
        graphOptimizationLevel: 'disabled',
        intraOpNumThreads: 1,
        logSeverityLevel: 4,
      });
      const tensors = Object.entries(feeds).map(([name, { dims, type, data }]) => [
        name,
        new Tensor(type ?? 'float32', data, dims),
      ]);
      const made = await session.run(Object.fromEntries(tensors));
      const outputs = Object.entries(made).map(([name, { dims, data, type }]) => [
        name,
        { dims: [...dims], type, data: Array.from(data, Number) },
      ]);
      results.push({ outputs: Object.fromEntries(outputs) });
    } catch (error) {
      results.push({ error: String(error) });
    }
  }
  process.send(results, () => process.disconnect());
});
