// Bundles the console's scripts into static/dist and writes what each file is called and hashes to.
// Run by `npm run build`; needs nothing but what package-lock.json names.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "..", "static", "dist");
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });

const made = await build({
  entryPoints: Object.fromEntries(
    ["console", "station", "look", "share"].map((name) => [name, join(here, `${name}.js`)]),
  ),
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2022"],
  legalComments: "linked",
  entryNames: "[name]-[hash]",
  outdir: dist,
  metafile: true,
  logLevel: "warning",
});

// Browsers look for this one by its name again and again, so it has no hash in it.
await build({
  entryPoints: { worker: join(here, "worker.js") },
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2022"],
  outdir: dist,
  logLevel: "warning",
});

const manifest = {};
for (const [path, output] of Object.entries(made.metafile.outputs)) {
  if (!output.entryPoint) continue;
  const file = path.split("/").pop();
  const hash = createHash("sha384").update(readFileSync(join(dist, file))).digest("base64");
  manifest[`${file.replace(/-[^-]+\.js$/, "")}.js`] = { file, integrity: `sha384-${hash}` };
}
writeFileSync(join(dist, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
