export { bearerChallenge } from './bearer-challenge.ts';
export { defineProblems, Problem, type ProblemBody, problemBody, problems } from './problem.ts';
