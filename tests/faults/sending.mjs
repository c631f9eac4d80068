/* Sends one file with tus-js-client, as the page of a station does, and tells each step. The server
   may go away as often as it likes. */
import { createReadStream, statSync } from "node:fs";
import { Upload } from "tus-js-client";

const [endpoint, path, chunk, headers] = process.argv.slice(2);
const upload = new Upload(createReadStream(path), {
  endpoint,
  chunkSize: Number(chunk),
  uploadSize: statSync(path).size,
  headers: JSON.parse(headers),
  metadata: { filename: "IMG_0001.JPG" },
  retryDelays: Array(2400).fill(250),
  onShouldRetry: (error) => [0, 409, 423].includes(error.originalResponse?.getStatus() ?? 0),
  onProgress: (sent) => console.log(`sent ${sent}`),
  onSuccess: () => console.log(`whole ${new URL(upload.url).pathname}`),
  onError: (error) => {
    console.log(`failed ${error.message.replaceAll("\n", " ")}`);
    process.exit(1);
  },
});
upload.start();
