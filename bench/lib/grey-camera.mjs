/** A camera that writes raw RGB frames, 25 a second: `node grey-camera.mjs WIDTH HEIGHT`. */
const [width, height] = process.argv.slice(2).map(Number);
let shade = 0;
setInterval(() => {
  shade = (shade + 1) % 256;
  process.stdout.write(Buffer.alloc(width * height * 3, shade));
}, 40);
