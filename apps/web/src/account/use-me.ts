import { useQuery } from '@tanstack/react-query'
import type { Me } from './sign-in.ts'
import { signIn } from './sign-in.ts'

/** Who this browser is. Known before any page is shown. */
export function useMe(): Me | undefined {
  return useQuery({ queryKey: ['me'], queryFn: signIn, staleTime: Infinity }).data
}
