/** One unmasked binary frame, whole (RFC 6455, 5.2). */
export function webSocketFrame(...payload: readonly Uint8Array[]): Uint8Array {
  const length = payload.reduce((sum, { byteLength }) => sum + byteLength, 0)
  const headerLength = length < 126 ? 2 : length < 65_536 ? 4 : 10
  const frame = Buffer.allocUnsafe(headerLength + length)
  frame[0] = 0x82
  if (headerLength === 2) frame[1] = length
  else if (headerLength === 4) {
    frame[1] = 126
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = 127
    frame.writeBigUInt64BE(BigInt(length), 2)
  }
  let at = headerLength
  for (const part of payload) {
    frame.set(part, at)
    at += part.byteLength
  }
  return frame
}
