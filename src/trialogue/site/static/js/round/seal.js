// Seals a record to the server's key, so that this phone itself cannot open it again, and signs it
// with the phone's own. The other half: visits/sealing.py.
import { fromText, joined, toText, utf8 } from "./bytes.js";

const CURVE = { name: "ECDH", namedCurve: "P-256" };
const SIGNING = { name: "ECDSA", namedCurve: "P-256" };
const INFO = utf8("trialogue visits event v1");

export async function newSigner() {
  const { privateKey, publicKey } = await crypto.subtle.generateKey(SIGNING, false, ["sign"]);
  return { signer: privateKey, public_key: toText(await crypto.subtle.exportKey("spki", publicKey)) };
}

export const sign = (signer, bytes) =>
  crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, signer, bytes);

export async function seal(event, { device, signer, key }) {
  const theirs = await crypto.subtle.importKey("raw", fromText(key.public), CURVE, false, []);
  const once = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
  const epk = await crypto.subtle.exportKey("raw", once.publicKey);
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, once.privateKey, 256);
  const base = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const derivation = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: joined(INFO, epk) };
  const aes = await crypto.subtle.deriveKey(
    derivation, base, { name: "AES-GCM", length: 256 }, false, ["encrypt"],
  );
  const id = utf8(event.id);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = utf8(JSON.stringify(event));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: id }, aes, text);
  const signature = await sign(signer, joined(id, epk, iv, sealed));
  return JSON.stringify({
    device,
    key_id: key.id,
    epk: toText(epk),
    iv: toText(iv),
    sealed: toText(sealed),
    signature: toText(signature),
  });
}
