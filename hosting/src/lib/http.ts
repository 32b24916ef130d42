/** A public file of the release, as Hosting's CDN has it; rejects when it cannot be had. */
export async function publicFile<Content>(path: string): Promise<Content> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return (await response.json()) as Content;
}
