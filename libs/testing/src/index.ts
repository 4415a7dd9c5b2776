export {
  onnxFile,
  type OnnxGraph,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValue,
} from './models/onnx-file.js';
export { tinyModel, type TinyModelOptions } from './models/tiny-model.js';
export { pngBomb } from './models/png-bomb.js';
export { hungryModel } from './models/hungry-model.js';
export { bundleDocument, writeBundle } from './models/bundle-folder.js';
export { CONV_STACK_INPUT, convDetector, convStack, type ConvDetectorOptions } from './models/conv-stack.js';
export { createTestDatabase, type TestDatabase, type TestDatabaseOptions } from './postgres/test-database.js';
export { testRunFolder } from './postgres/test-run.js';
export { makeCertificates, whyNoOpenssl, type Certificates } from './broker/certificates.js';
export { Mosquitto, whyNoMosquitto } from './broker/mosquitto.js';
export { inLongRun, runs } from './long-run.js';
export { removeTemporaryFolders, temporaryFolder } from './temporary-folder.js';
export { needing } from './needing.js';
export { freePort } from './free-port.js';
export {
  RtspServer,
  whyNoRtspServer,
  type RtspServerOptions,
  type RtspStream,
  type SentFrame,
} from './rtsp/rtsp-server.js';
export { encodeVideo, whyNoFfmpeg, type VideoOptions } from './rtsp/encode-video.js';
export { numberedPicture, NUMBERED_PICTURES, readNumber } from './rtsp/numbered-picture.js';
export { LossyLink, whyNoLossyLink } from './network/lossy-link.js';
