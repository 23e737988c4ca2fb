import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import * as z from "zod";

export const folder = resolve(__dirname, "../../examples/pipelines");

export const platforms = ["github", "azure", "gitlab"] as const;
export type Platform = (typeof platforms)[number];

/** A script of a job, in the shell of its own that a runner gives it, with what the template puts into its environment. */
export interface Script {
	readonly text: string;
	readonly environment: Readonly<Record<string, string>>;
	/** Also after one that failed. */
	readonly always: boolean;
}

export interface Job {
	readonly file: string;
	readonly name: string;
	readonly scripts: readonly Script[];
}

/** What each job is for, and its files and names on the three platforms. */
export const purposes = {
	preview: { file: "pull-request.yml", job: "preview", gitlab: ["preview"] },
	plan: { file: "deploy.yml", job: "plan", gitlab: ["plan"] },
	up: { file: "deploy.yml", job: "up", gitlab: ["up"] },
	drift: { file: "drift.yml", job: "drift", gitlab: ["drift"] },
	planSwitchOver: { file: "switch-over.yml", job: "plan", gitlab: ["plan-switch-over"] },
	switchOver: { file: "switch-over.yml", job: "up", gitlab: ["switch-over", "keep-wish"] },
} as const;
export type Purpose = keyof typeof purposes;

export function jobsFor(platform: Platform, purpose: Purpose): Job[] {
	const { file, job, gitlab } = purposes[purpose];
	const [name, names]: [string, readonly string[]] = platform === "gitlab" ? ["gitlab-ci.yml", gitlab] : [file, [job]];
	const jobs = jobsIn(platform, name, textOf(platform, name));
	return names.map((wanted) => {
		const found = jobs.find((each) => each.name === wanted);
		if (found === undefined) throw new Error(`${platform}/${name} has no job ${wanted}`);
		return found;
	});
}

export function textOf(platform: Platform, file: string): string {
	return readFileSync(join(folder, platform, file), "utf8");
}

export function jobsIn(platform: Platform, file: string, text: string): Job[] {
	const read = { github: githubJobs, azure: azureJobs, gitlab: gitlabJobs }[platform];
	return read(parse(text)).map((job) => ({ file, ...job }));
}

type ReadJob = Omit<Job, "file">;

const environment = z.record(z.string(), z.coerce.string()).default({});

const githubSchema = z.looseObject({
	jobs: z.record(
		z.string(),
		z.looseObject({
			env: environment,
			steps: z.array(z.looseObject({ run: z.string().optional(), env: environment, if: z.string().optional() })),
		}),
	),
});

function githubJobs(document: unknown): ReadJob[] {
	return Object.entries(githubSchema.parse(document).jobs).map(([name, { env, steps }]) => ({
		name,
		scripts: steps.flatMap(({ run, env: own, if: when }) =>
			run === undefined ? [] : [{ text: run, environment: { ...env, ...own }, always: when !== undefined }],
		),
	}));
}

const azureSteps = z.array(
	z.looseObject({ bash: z.string().optional(), env: environment, condition: z.string().optional() }),
);
const azureJob = z.looseObject({
	job: z.string().optional(),
	deployment: z.string().optional(),
	steps: azureSteps.optional(),
	strategy: z.looseObject({ runOnce: z.looseObject({ deploy: z.looseObject({ steps: azureSteps }) }) }).optional(),
});
const azureSchema = z.looseObject({
	jobs: z.array(azureJob).default([]),
	stages: z.array(z.looseObject({ jobs: z.array(azureJob) })).default([]),
});

function azureJobs(document: unknown): ReadJob[] {
	const { jobs, stages } = azureSchema.parse(document);
	return [...jobs, ...stages.flatMap((stage) => stage.jobs)].map(({ job, deployment, steps, strategy }) => ({
		name: job ?? deployment ?? "",
		scripts: (steps ?? strategy?.runOnce.deploy.steps ?? []).flatMap(({ bash, env, condition }) =>
			bash === undefined ? [] : [{ text: bash, environment: env, always: condition !== undefined }],
		),
	}));
}

const gitlabJob = z.looseObject({
	extends: z.string().optional(),
	variables: environment,
	before_script: z.array(z.string()).optional(),
	script: z.array(z.string()).optional(),
	after_script: z.array(z.string()).optional(),
});

/** Lines of `before_script` and `script` share a shell; those of `after_script` have one of their own. */
function gitlabJobs(document: unknown): ReadJob[] {
	const entries = z.record(z.string(), z.unknown()).parse(document);
	const jobOf = (name: string): z.infer<typeof gitlabJob> => {
		const { extends: above, ...own } = gitlabJob.parse(entries[name]);
		const given = Object.fromEntries(Object.entries(own).filter(([key]) => key in (entries[name] as object)));
		return above === undefined ? own : { ...jobOf(above), ...given };
	};
	return Object.keys(entries)
		.filter((name) => !["stages", "variables"].includes(name) && !name.startsWith("."))
		.map((name) => {
			const { variables, before_script = [], script = [], after_script } = jobOf(name);
			const main = [{ text: [...before_script, ...script].join("\n"), environment: variables ?? {}, always: false }];
			const after =
				after_script === undefined
					? []
					: [{ text: after_script.join("\n"), environment: variables ?? {}, always: true }];
			return { name, scripts: [...main, ...after] };
		});
}
