import { isPlainName } from '../bytes/folder.ts';
import { show } from '../errors.ts';
import { JsonReader } from '../json.ts';
import type { SafetensorsFail } from './header.ts';

/**
 * Reads `model.safetensors.index.json`: which file holds which tensor of a model that is split over several.
 *
 * @param text the file's text.
 * @param name what errors call the file.
 * @returns the file of each tensor, by the tensor's name.
 * @throws `bad-file` for another form, and for a file name that leads out of the folder.
 */
export function readSafetensorsIndex(text: string, name: string, fail: SafetensorsFail): Map<string, string> {
  const json = new JsonReader(text, name, fail);
  const files = new Map<string, string>();
  let found = false;
  json.object('index', (key) => {
    if (key !== 'weight_map') {
      json.skip(key); // metadata.total_size is a hint that published files get wrong
      return;
    }
    found = true;
    json.object(key, (tensor) => {
      const file = json.string(show(tensor));
      if (!isPlainName(file)) {
        throw json.error(`${show(tensor)}: expected a plain file name, got ${show(file)}`);
      }
      files.set(tensor, file);
    });
  });
  json.end();
  if (!found) {
    throw json.error('index: expected a weight_map, got none');
  }
  return files;
}
