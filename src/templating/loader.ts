// LEAD'S TEMPORARY FILE so that the rest can run: H4 overwrites it.
export interface TemplateSource { source: string; filename: string | null; uptodate?: () => boolean }
export interface TemplateLoader { getSource(name: string): TemplateSource | null; listTemplates?(): string[] }
export class FileSystemLoader implements TemplateLoader {
  constructor(_paths: readonly string[]) {}
  getSource(_name: string): TemplateSource | null { return null }
}
