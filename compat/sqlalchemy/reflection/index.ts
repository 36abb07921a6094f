export { Inspector, inspectSchema } from './inspector.ts'
export { NativeType } from './native-type.ts'
export { type ReflectOptions, reflectMetadata } from './reflect.ts'
export type {
  ReflectedCheck,
  ReflectedColumn,
  ReflectedEnum,
  ReflectedForeignKey,
  ReflectedIndex,
  ReflectedKey,
  ReflectedTable,
  SchemaSource,
} from './reflected.ts'
