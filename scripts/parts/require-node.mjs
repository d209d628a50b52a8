// Importing this ends the process with one sentence when Node is too old for what follows. It and the entry scripts
// keep to syntax that old Nodes can read; everything newer is imported after it.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    'Tandem needs Node 20.19 or newer to start (it brings its own Node 24); this is Node ' +
      process.versions.node +
      '.',
  )
  process.exit(1)
}
