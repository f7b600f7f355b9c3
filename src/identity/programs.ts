/** Whether a subject is a program's, of which neither the issuer of people nor a directory has a say. */
export const isProgram = (subject: string): boolean => /^(?:token|workload):/.test(subject)
