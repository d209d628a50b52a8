/** Passes connections on to the port it is given, and says to its parent on which port it takes them. Its queue of connections is as short as there are. */
import { connect, createServer, type AddressInfo } from 'node:net'

const target = Number(process.argv[2])
const server = createServer((client) => {
  const onward = connect(target, '127.0.0.1')
  client.on('error', () => onward.destroy()).on('close', () => onward.destroy())
  onward.on('error', () => client.destroy()).on('close', () => client.destroy())
  client.pipe(onward).pipe(client)
})
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => process.send?.((server.address() as AddressInfo).port))
