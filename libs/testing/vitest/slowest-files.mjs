const SHOWN = 10;

/** Says at the end of a run which files took longest. */
export default class SlowestFiles {
  onTestRunEnd(modules) {
    const files = modules
      .map((module) => ({ name: module.relativeModuleId, seconds: module.diagnostic().duration / 1000 }))
      .sort((a, b) => b.seconds - a.seconds)
      .slice(0, SHOWN);
    if (files.length < 2) return;
    console.log('\nSlowest files:');
    for (const { name, seconds } of files) console.log(`${seconds.toFixed(1).padStart(7)} s  ${name}`);
  }
}
