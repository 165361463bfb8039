/** New projects, from templates. */
export { type CreateProjectOptions, createProject } from './create-project.ts';
export { type Template, templates } from './templates.ts';
